"""Which features a text such as ``tag:delay & owner:ops`` stands for."""

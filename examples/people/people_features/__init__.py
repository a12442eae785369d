"""Height, weight and smoking of 1,629 people, and a model of what they weigh eleven years later.

``body_pandas`` and ``body_polars`` are the same features for either library; ``prediction`` fits and uses the model,
``columns`` are the columns that it adds to the frame in passing, ``scores`` is a model that the config writes down.
"""

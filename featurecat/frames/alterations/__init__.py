"""Changes made to published tables on purpose: corruptions, which a gate must notice, and benign ones, which it must not."""

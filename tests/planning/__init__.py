"""Between models and plans: the wire format and its strict schema."""

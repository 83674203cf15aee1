"""Reads what people marked in pictures, in the forms of the field."""

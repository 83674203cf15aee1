"""Reads what people marked in pictures, in the forms of the field.

`open` opens a labelled set: `pictures` finds its pictures, `find` the form of its
labels. Boxes: `json_objects`, `text_objects`; masks: `masks`, `palette`, `classes`. All
become the values in `values`.
"""

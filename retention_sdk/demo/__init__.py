"""The demonstration: real structures, invented people, the whole pipeline, one gallery."""

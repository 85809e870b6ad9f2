"""Planted schemes and their innocent look-alikes.

Each writes visits or lines into the draft and its truth beside them.
"""

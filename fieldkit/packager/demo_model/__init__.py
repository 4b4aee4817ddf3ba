"""The demonstration model: a small Phi-3 trained from scratch to answer from passages.

It is made by ``python -m fieldkit.packager.demo_model train`` with torch and sentencepiece, which
nothing else in fieldkit needs.
"""

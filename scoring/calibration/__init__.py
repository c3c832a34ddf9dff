"""What outcomes teach about rules: evidence, suggested points, and a draft made of them.

numpy and scikit-learn are imported in here only; import these modules inside functions.
"""

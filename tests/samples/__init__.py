"""The sample workbooks of sample_data/ and what is to be found in them, made from a seed."""

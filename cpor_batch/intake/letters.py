"""Column letters: how spreadsheets name their columns."""

from functools import cache


@cache
def column_letter(index: int) -> str:
    """Return the letter of the column with this index, counted from 0: 0 is A, 26 is AA."""
    letters = ""
    number = index + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


@cache
def column_index(letters: str) -> int:
    """Return the index, counted from 0, of the column with these letters: A is 0, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1

"""What a trial entry becomes. Rows are counted by the tests, so nothing here hides a second run."""

from django.db import models


class Note(models.Model):
    entry_id = models.UUIDField()
    text = models.TextField()

    def __str__(self) -> str:
        return self.text


class Happening(models.Model):
    """One call of a hook: `what` is "complete" or "stored", `about` the entry's id or the file's hash."""

    what = models.CharField(max_length=10)
    about = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"{self.what} {self.about}"

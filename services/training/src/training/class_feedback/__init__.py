"""What attendees say of a class: how it was, what it gave them, and later whether they used it."""

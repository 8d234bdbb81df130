"""What platforms say of courses: each word that means something for a record, and the reports that follow from all of them."""

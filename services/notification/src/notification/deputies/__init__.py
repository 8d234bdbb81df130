"""Who gets what is for a PIC while the PIC is away."""

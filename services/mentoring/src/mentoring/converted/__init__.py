"""Staff whose structural post became a functional one (penyetaraan): each is offered a mentor once a programme, and what came of it shows."""

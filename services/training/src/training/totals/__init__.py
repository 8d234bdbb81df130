"""Numbers for everybody: how many had met their duty at the end of a caturwulan, in groups that are not small."""

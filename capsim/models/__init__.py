"""Pure models: numbers and arrays in, arrays out. They decide how much; the build-out decides when."""

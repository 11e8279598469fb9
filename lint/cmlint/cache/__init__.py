"""What is kept between runs: facts of texts, builds, and results of runs, each with what it was made from."""

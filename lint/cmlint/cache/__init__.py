"""What is kept between runs: facts of texts, what was built, and whole results, each beside what it was made from."""

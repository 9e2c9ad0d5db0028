"""What a run did, told to its host before anything depends on it; and what its earlier lives did, so that nothing is
done twice."""

"""Query sets: named lists of queries to measure and to review on, and their figures over builds."""

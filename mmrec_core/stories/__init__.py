"""Stories: findings in order, each with a title, a text and what is shown, to present to others."""

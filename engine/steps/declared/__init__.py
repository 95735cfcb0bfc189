"""The settings each kind of step declares, in the order and under the headings the panel shows them."""

"""村议 on the web: pages, the JSON API and the command line, on top of `engine`."""

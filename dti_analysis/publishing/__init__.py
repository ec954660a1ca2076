"""How it gets out: pages, notebooks to HTML, the batch and its forks."""

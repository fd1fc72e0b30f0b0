"""What a page asks of Python: it runs inside Pyodide in a worker of the page, and in any other Python in the tests."""

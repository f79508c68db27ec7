"""Instruments in and out of Excel and XLSForm; docs/how-to/instruments-in-excel.md.

* `workbook.write(definition)`, `workbook.template()`, `reading.read(data)`: our own workbook.
* `xlsform.write_xlsform(definition)`, `xlsform_reading.read_xlsform(data, filename)`: XLSForm.
* `files.read_file(data, filename)`: either, by what is in it.

Reading gives a `found.Reading`: the definition, or every fault with its sheet, row and column. It never raises on what a
file says.
"""

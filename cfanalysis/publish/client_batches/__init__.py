"""Client reports: cut each client's extract, then publish the notebook from the extract alone.

The process that cuts has the study open; it makes no report (`extract_worker`). The process of a report has one
extract; it never sees the study (`client_batch`). Between them lie folders, one for each client, removed when its
report is made. Whose reports are asked for, with which benchmark and personal notes, is a `ReportSelection`
(`selection`).
"""

from cfanalysis.publish.client_batches.client_batch import NOTEBOOK as NOTEBOOK
from cfanalysis.publish.client_batches.client_batch import OTHER_FORMATS as OTHER_FORMATS
from cfanalysis.publish.client_batches.client_batch import publish_extract as publish_extract
from cfanalysis.publish.client_batches.client_batch import write_client_reports as write_client_reports
from cfanalysis.publish.client_batches.client_batch import write_extract_workbook as write_extract_workbook
from cfanalysis.publish.client_batches.extract_worker import extract_hashes as extract_hashes
from cfanalysis.publish.client_batches.selection import ReportSelection as ReportSelection

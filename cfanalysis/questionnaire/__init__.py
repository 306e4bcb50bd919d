"""The questionnaire of an instrument: a form for survey tools (XLSForm), or one page that needs no network.

Both ask the same questions on the same pages, and both give files whose columns are named as the instrument's items and
fields, so that answers come back through intake as any export does.
"""

from cfanalysis.questionnaire.form import Choice as Choice
from cfanalysis.questionnaire.form import Form as Form
from cfanalysis.questionnaire.form import Page as Page
from cfanalysis.questionnaire.form import Question as Question
from cfanalysis.questionnaire.form import questionnaire as questionnaire
from cfanalysis.questionnaire.form import questionnaire_in_languages as questionnaire_in_languages
from cfanalysis.questionnaire.offline_page import questionnaire_page as questionnaire_page
from cfanalysis.questionnaire.offline_page import write_offline_page as write_offline_page
from cfanalysis.questionnaire.respondent_profile import PageBenchmark as PageBenchmark
from cfanalysis.questionnaire.respondent_profile import page_benchmark as page_benchmark
from cfanalysis.questionnaire.xlsform import write_xlsform as write_xlsform
from cfanalysis.questionnaire.xlsform import xlsform_sheets as xlsform_sheets

-- What is still to be weighed is found without looking at every question. Quick: the table is small.
CREATE INDEX task_unweighed ON task (loss DESC) WHERE state = 'open' AND kind = 'possible_match' AND weighed = '';

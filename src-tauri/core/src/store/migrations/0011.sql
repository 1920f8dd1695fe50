-- Rows of runs hold what is tested; they are made anew from the shown states.
DELETE FROM run_row;

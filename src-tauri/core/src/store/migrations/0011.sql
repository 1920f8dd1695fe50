-- Rows of runs hold what is tested, those of installations what they show of the process and what their state tells
-- somebody. All lists are made anew from the shown states where that of projects is empty.
DELETE FROM project_row;
DELETE FROM run_row;
DELETE FROM installation_row;

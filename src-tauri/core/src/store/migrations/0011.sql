-- Rows of installations hold what their state tells somebody; they are made anew from the shown states.
DELETE FROM installation_row;

/** What <FieldFrame> hands to the control inside it: `{#snippet children(field)}<TextField {...field} />`. */
export interface Field {
  id: string;
  "aria-describedby": string | undefined;
  "aria-invalid": true | undefined;
  "aria-labelledby": string;
}

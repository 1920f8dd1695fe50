//! What the journeys enter as an app's information: every field that is required, in the order of the forms.

/// One thing that a person does in a form.
#[derive(Clone, Copy, Debug)]
pub enum Do {
    /// Types into an input.
    Type(&'static str, &'static str),
    /// Chooses from a list that opens.
    Choose(&'static str, &'static str),
    /// Presses a button that adds an entry.
    Add(&'static str),
}

use Do::{Add, Choose, Type};

/// The three parts and what goes into them.
pub const PARTS: [(&str, &[Do]); 3] =
    [("general", GENERAL), ("technical", TECHNICAL), ("marketplace", MARKETPLACE)];

const GENERAL: &[Do] = &[
    Type("field-display_name", "Call Notes"),
    Type("field-slug", "call-notes"),
    Type("field-listing_summary", "Notes beside every call."),
    Type("field-description", "Agents write while they talk. The notes stay with the contact."),
    Choose("field-app_type", "standalone"),
    Choose("field-render", "portal"),
    Add("add-emails"),
    Type("field-emails-0-email", "support@call-notes.example"),
    Add("add-icon"),
    Type("field-icon-0-url", "https://call-notes.example/icon.png"),
    Type("field-icon-0-description", "A pen"),
    Add("add-screenshots"),
    Type("field-screenshots-0-url", "https://call-notes.example/1.png"),
    Type("field-screenshots-0-description", "A note beside a call"),
];

const TECHNICAL: &[Do] = &[
    Type("field-events_callback_url", "https://call-notes.example/events"),
    Type("field-standalone_url", "https://call-notes.example/app"),
    Add("add-redirect_uris"),
    Type("field-redirect_uris-0", "https://call-notes.example/back"),
    Add("add-scopes"),
    Type("field-scopes-0-scope", "contacts:read"),
    Type("field-scopes-0-reason", "Shows who is calling."),
    Add("add-scopes"),
    Type("field-scopes-1-scope", "events:read"),
    Type("field-scopes-1-reason", "Fetches events again."),
];

const MARKETPLACE: &[Do] = &[
    Add("add-plans"),
    Type("field-plans-0-name", "Trial"),
    Choose("field-plans-0-type", "trial"),
    Add("add-plans"),
    Type("field-plans-1-name", "Standard"),
    Choose("field-plans-1-type", "paid"),
    Type("field-plans-1-price", "12.50"),
    Add("add-categories"),
    Type("field-categories-0", "Productivity"),
    Type("field-privacy_policy", "https://call-notes.example/privacy"),
    Type("field-terms_of_service", "https://call-notes.example/terms"),
];

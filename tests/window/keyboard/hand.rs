//! Hands on a keyboard: moves of the focus, each of which can be seen.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use fantoccini::key::Key;

use crate::driver::{App, SHORT, poll};

/// How many stops of the Tab key may lie between two places of one screen.
const MOST: usize = 90;

/// Says which element has the focus, and what is wrong with how it shows; see the file.
pub const FOCUS: &str = include_str!("focus.js");

/// What is said where nothing has the focus.
pub const NOTHING: &str = "nothing has the focus";

pub struct Hand<'a>(pub &'a App);

impl Hand<'_> {
    /// Types where the focus is.
    pub async fn types(&self, text: &str) -> Result<()> {
        self.0.keys(text).await
    }

    /// Types in place of what the field holds.
    pub async fn replaces(&self, text: &str) -> Result<()> {
        // In an empty row of a list the key would take the row away.
        if self.0.eval("return document.activeElement.value !== ''").await? == true {
            self.0.chord(&[Key::Control], 'a').await?;
            self.0.press(Key::Backspace).await?;
        }
        self.types(text).await
    }

    /// Waits until the focus is on an element, and can be seen there.
    pub async fn is_at(&self, id: &str) -> Result<()> {
        let mut last = (String::new(), String::new());
        let there = poll(SHORT, async || {
            last = self.focus().await.ok()?;
            (last.0 == id && last.1.is_empty()).then_some(())
        });
        match there.await {
            Some(()) => Ok(()),
            None => Err(self.0.failure(&format!("the focus should be on {id}, but is on {last:?}")).await),
        }
    }

    /// Goes on by Tab until it is there; at every stop the focus can be seen.
    pub async fn tab_to(&self, id: &str) -> Result<()> {
        self.go(id, &[]).await
    }

    /// Goes back by Shift and Tab.
    pub async fn back_to(&self, id: &str) -> Result<()> {
        self.go(id, &[Key::Shift]).await
    }

    /// Opens a list, goes down to an option, and takes it.
    pub async fn chooses(&self, input: &str, option: &str) -> Result<()> {
        self.tab_to(input).await?;
        self.0.press(Key::Enter).await?;
        let wanted = format!("[data-testid='{input}-{option}']");
        self.0.wait_for(wanted.as_str()).await?;
        for _ in 0..20 {
            if self.0.is_there(format!("{wanted}[data-highlighted]").as_str()).await? {
                self.0.press(Key::Enter).await?;
                self.0.wait_gone(wanted.as_str()).await?;
                // The list gives the focus back.
                return self.is_at(input).await;
            }
            self.0.press(Key::Down).await?;
        }
        bail!("{wanted} was not reached by the arrow")
    }

    /// Brings a checkbox to what it should be.
    pub async fn checks(&self, id: &str, on: bool) -> Result<()> {
        self.tab_to(id).await?;
        if self.0.eval("return document.activeElement.checked").await? != on {
            self.0.keys(" ").await?;
        }
        self.0.wait_js(&format!("document.activeElement.checked === {on}")).await
    }

    /// The focus is in the last row of a list, which was just added.
    pub async fn is_in_new_row(&self, list: &str) -> Result<()> {
        let start = format!("field-{list}-");
        let there = poll(SHORT, async || {
            let (id, wrong) = self.focus().await.ok()?;
            (id.starts_with(&start) && wrong.is_empty()).then_some(())
        });
        match there.await {
            Some(()) => Ok(()),
            None => Err(self.0.failure(&format!("the focus should be in a row of {list}")).await),
        }
    }

    async fn go(&self, id: &str, held: &[Key]) -> Result<()> {
        let mut passed = Vec::new();
        for _ in 0..MOST {
            let at = self.seen_focus().await.with_context(|| format!("after {passed:?}"))?;
            if at == id {
                return Ok(());
            }
            self.0.chord(held, Key::Tab.into()).await?;
            passed.push(at);
        }
        Err(self.0.failure(&format!("Tab does not come to {id}; it passed {passed:?}")).await)
    }

    /// What has the focus, once it can be seen there; nothing, where the focus is between the last and the first.
    async fn seen_focus(&self) -> Result<String> {
        let mut last = (String::new(), String::new());
        // A field is scrolled into sight with the next frame.
        let seen = poll(Duration::from_secs(2), async || {
            last = self.focus().await.ok()?;
            let (at, wrong) = &last;
            (wrong.is_empty() || (at.is_empty() && wrong == NOTHING)).then(|| at.clone())
        });
        match seen.await {
            Some(at) => Ok(at),
            None => Err(self.0.failure(&last.1).await),
        }
    }

    async fn focus(&self) -> Result<(String, String)> {
        Ok(serde_json::from_value(self.0.eval(FOCUS).await?)?)
    }
}

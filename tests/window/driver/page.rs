//! Looking at the window's page and using it as a person does: what is not visible is not there, and
//! everything is waited for.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use fantoccini::Locator;
use fantoccini::actions::{
    InputSource, KeyAction, KeyActions, MOUSE_BUTTON_LEFT, MouseActions, PointerAction,
};
use fantoccini::elements::Element;
use fantoccini::error::CmdError;
use fantoccini::key::Key;
use serde_json::{Value, json};

use super::app::App;
use super::{SHORT, poll};

/// Finds the first visible element; see the file.
const FIND: &str = include_str!("find.js");
/// Where the middle of an element is in the window, in the driver's pixels, and how much the page is enlarged; an error
/// where something covers it.
const MIDDLE: &str = "const [element] = arguments; element.scrollIntoView({ block: 'nearest', inline: 'nearest' }); \
     const box = element.getBoundingClientRect(); \
     const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]; \
     const top = document.elementFromPoint(x, y); \
     if (!element.contains(top) && !top?.contains(element)) throw new Error('it is covered'); \
     const times = outerWidth / innerWidth; return [x * times, y * times, times];";
/// The key under which the driver hands elements over.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// How an element is named.
#[derive(Debug, Clone)]
pub enum Target {
    /// A CSS selector.
    Css(String),
    /// A role and the accessible name, as a screen reader says them.
    Role(String, String),
}

/// The element with this `data-testid`.
pub fn testid(id: &str) -> Target {
    Target::Css(format!("[data-testid=\"{id}\"]"))
}

/// The element with this role and this accessible name.
pub fn role(role: &str, name: &str) -> Target {
    Target::Role(role.to_owned(), name.to_owned())
}

impl From<&str> for Target {
    fn from(css: &str) -> Self {
        Self::Css(css.to_owned())
    }
}

impl From<&Target> for Target {
    fn from(target: &Target) -> Self {
        target.clone()
    }
}

impl App {
    /// Clicks an element, once it is there, enabled and not covered.
    pub async fn click(&self, target: impl Into<Target>) -> Result<()> {
        let target = target.into();
        let mut last = "it did not come".to_owned();
        let clicked = poll(SHORT, async || {
            let element = self.now(&target).await.ok()??;
            if !element.is_enabled().await.unwrap_or(false) {
                "it is disabled".clone_into(&mut last);
                return None;
            }
            // Covered by what is fading out, or replaced meanwhile: the next try finds out.
            self.click_now(element).await.map_err(|error| last = error.to_string()).ok()
        });
        match clicked.await {
            Some(()) => Ok(()),
            None => Err(self.failure(&format!("clicking {target:?}: {last}")).await),
        }
    }

    /// The driver knows nothing of a page that is shown enlarged, and would click elsewhere: there the pointer is led.
    async fn click_now(&self, element: Element) -> Result<()> {
        let middle = self.client.execute(MIDDLE, vec![serde_json::to_value(&element)?]).await?;
        let (x, y, times): (f64, f64, f64) = serde_json::from_value(middle).context("where it is")?;
        if times < 1.04 {
            return Ok(element.click().await?);
        }
        let press = MouseActions::new("mouse".to_owned())
            .then(PointerAction::MoveTo { duration: None, x, y })
            .then(PointerAction::Down { button: MOUSE_BUTTON_LEFT })
            .then(PointerAction::Up { button: MOUSE_BUTTON_LEFT });
        Ok(self.client.perform_actions(press).await?)
    }

    /// Types into a field, key by key, after what is there.
    pub async fn type_text(&self, target: impl Into<Target>, text: &str) -> Result<()> {
        let target = target.into();
        // WebKit's driver loses them without a word.
        ensure!(
            text.chars().all(|c| c <= '\u{ffff}'),
            "{text:?} has characters that no key types: fill it in"
        );
        self.with(&target, async |field| field.send_keys(text).await)
            .await
            .with_context(|| format!("typing into {target:?}"))
    }

    /// Hands a file to a chooser of files, as its dialog does; the field itself is never seen.
    pub async fn choose_file(&self, target: &str, file: &Path) -> Result<()> {
        let css = format!("[data-testid=\"{target}\"]");
        let path = file.to_str().context("the file's path is no text")?;
        let find = async || self.client.find(Locator::Css(&css)).await.ok();
        let handed = self.with_found(find, async |field| field.send_keys(path).await).await;
        handed.with_context(|| format!("handing {path} to {target}"))
    }

    /// Replaces what a field holds at once, as a paste over a selection does.
    pub async fn fill(&self, target: impl Into<Target>, text: &str) -> Result<()> {
        let script = "const [field, text] = arguments; field.focus(); \
             const prototype = field instanceof HTMLTextAreaElement ? HTMLTextAreaElement : HTMLInputElement; \
             Object.getOwnPropertyDescriptor(prototype.prototype, 'value').set.call(field, text); \
             field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' })); \
             field.dispatchEvent(new Event('change', { bubbles: true }));";
        let fill = async |field: &Element| {
            self.client.execute(script, vec![serde_json::to_value(field)?, json!(text)]).await.map(drop)
        };
        self.with(target, fill).await
    }

    /// Presses keys one after the other, wherever the focus is.
    pub async fn keys(&self, keys: &str) -> Result<()> {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for value in keys.chars() {
            actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        }
        self.client.perform_actions(actions).await.with_context(|| format!("pressing {keys:?}"))
    }

    /// Does key actions as they are.
    pub async fn perform(&self, actions: KeyActions) -> Result<()> {
        self.client.perform_actions(actions).await.context("pressing keys")
    }

    /// Presses one key that has no letter.
    pub async fn press(&self, key: Key) -> Result<()> {
        self.stroke(&[], key.into()).await
    }

    /// Presses a key while others are held down.
    pub async fn chord(&self, held: &[Key], key: char) -> Result<()> {
        self.stroke(held, key).await
    }

    /// Waits for a visible element.
    pub async fn wait_for(&self, target: impl Into<Target>) -> Result<Element> {
        let target = target.into();
        match poll(SHORT, async || self.now(&target).await.ok().flatten()).await {
            Some(element) => Ok(element),
            None => Err(self.failure(&format!("{target:?} did not come")).await),
        }
    }

    /// Waits until no such element is visible.
    pub async fn wait_gone(&self, target: impl Into<Target>) -> Result<()> {
        let target = target.into();
        match poll(SHORT, async || self.now(&target).await.ok()?.is_none().then_some(())).await {
            Some(()) => Ok(()),
            None => Err(self.failure(&format!("{target:?} did not go")).await),
        }
    }

    /// Waits until an element's visible text contains this.
    pub async fn wait_text(&self, target: impl Into<Target>, part: &str) -> Result<()> {
        let target = target.into();
        let mut seen = String::new();
        let found = poll(SHORT, async || {
            seen = shown_text(&self.now(&target).await.ok()??).await.ok()?;
            seen.contains(part).then_some(())
        });
        match found.await {
            Some(()) => Ok(()),
            None => Err(self.failure(&format!("{target:?} should say {part:?}, but says {seen:?}")).await),
        }
    }

    /// Whether a visible element is there now.
    pub async fn is_there(&self, target: impl Into<Target>) -> Result<bool> {
        Ok(self.now(&target.into()).await?.is_some())
    }

    /// The visible text of an element.
    pub async fn text(&self, target: impl Into<Target>) -> Result<String> {
        self.with(target, shown_text).await
    }

    /// What a field holds.
    pub async fn value(&self, target: impl Into<Target>) -> Result<String> {
        Ok(self.with(target, async |field| field.prop("value").await).await?.unwrap_or_default())
    }

    /// An attribute of an element.
    pub async fn attribute(&self, target: impl Into<Target>, name: &str) -> Result<Option<String>> {
        self.with(target, async |element| element.attr(name).await).await
    }

    /// Runs a script in the page; `return` gives its value.
    pub async fn eval(&self, script: &str) -> Result<Value> {
        Ok(self.client.execute(script, Vec::new()).await?)
    }

    /// Runs a script in the page whose last argument is the function that takes its value.
    pub async fn eval_async(&self, script: &str) -> Result<Value> {
        self.eval_async_with(script, Vec::new()).await
    }

    /// The same with arguments before that function.
    pub async fn eval_async_with(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.client.execute_async(script, arguments).await?)
    }

    /// Makes a call through the window's one door, past every form: its reply, or the error that came back.
    pub async fn call(&self, name: &str, args: Value) -> Result<Result<Value, Value>> {
        let script = "const [name, args, done] = arguments; \
             window.__TAURI_INTERNALS__.invoke('call', { name, args }) \
                 .then((reply) => done([true, reply]), (error) => done([false, error]));";
        let mut answer = self.client.execute_async(script, vec![json!(name), args]).await?;
        let reply = answer[1].take();
        Ok(if answer[0] == true { Ok(reply) } else { Err(reply) })
    }

    /// Waits until an expression in the page is true.
    pub async fn wait_js(&self, expression: &str) -> Result<()> {
        let script = format!("return Boolean({expression})");
        match poll(SHORT, async || self.eval(&script).await.ok()?.as_bool()?.then_some(())).await {
            Some(()) => Ok(()),
            None => Err(self.failure(&format!("this did not become true: {expression}")).await),
        }
    }

    /// Whether an expression in the page becomes true before one would notice.
    pub async fn becomes_true(&self, expression: &str) -> Result<bool> {
        let script = format!("return Boolean({expression})");
        Ok(poll(Duration::from_secs(2), async || self.eval(&script).await.ok()?.as_bool()?.then_some(()))
            .await
            .is_some())
    }

    /// Does something with an element once it is visible; with what stands in its place, where the page has drawn it
    /// anew between the two.
    async fn with<T>(
        &self,
        target: impl Into<Target>,
        act: impl AsyncFn(&Element) -> Result<T, CmdError>,
    ) -> Result<T> {
        let target = target.into();
        let find = async || self.now(&target).await.ok().flatten();
        self.with_found(find, act).await.with_context(|| format!("{target:?}"))
    }

    async fn with_found<T>(
        &self,
        find: impl AsyncFn() -> Option<Element>,
        act: impl AsyncFn(&Element) -> Result<T, CmdError>,
    ) -> Result<T> {
        let done = poll(SHORT, async || match act(&find().await?).await {
            Err(error) if error.is_stale_element_reference() => None,
            done => Some(done),
        });
        match done.await {
            Some(done) => Ok(done?),
            None => Err(self.failure("it did not come, or did not stay").await),
        }
    }

    async fn now(&self, target: &Target) -> Result<Option<Element>> {
        let arguments = match target {
            Target::Css(css) => vec![json!("css"), json!(css)],
            Target::Role(role, name) => vec![json!("role"), json!(role), json!(name)],
        };
        let found = self.client.execute(FIND, arguments).await?;
        if found.is_null() {
            return Ok(None);
        }
        let Some(id) = found.get(ELEMENT).and_then(Value::as_str) else {
            bail!("the driver handed over something else than an element: {found}");
        };
        Ok(Some(Element::from_element_id(self.client.clone(), id.to_owned().into())))
    }

    async fn stroke(&self, held: &[Key], key: char) -> Result<()> {
        let mut actions = KeyActions::new("keyboard".to_owned());
        for key in held {
            actions = actions.then(KeyAction::Down { value: (*key).into() });
        }
        actions = actions.then(KeyAction::Down { value: key }).then(KeyAction::Up { value: key });
        for key in held.iter().rev() {
            actions = actions.then(KeyAction::Up { value: (*key).into() });
        }
        self.client.perform_actions(actions).await.with_context(|| format!("pressing {key:?}"))
    }
}

/// The text of an element as it is laid out. The driver's own notion of text leaves out what an ellipsis may cut.
async fn shown_text(element: &Element) -> Result<String, CmdError> {
    Ok(element.prop("innerText").await?.unwrap_or_default())
}

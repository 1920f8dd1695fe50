//! What lies around the projects: the partner's workspace, comments, sign-in, the vault.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use fantoccini::key::Key;
use serde_json::json;

use super::{Kind, Visitor, Walk};
use crate::driver::testid;

/// The file that a notice says the workspace was written into.
const EXPORTED: &str = "() => [...document.querySelectorAll('[data-testid=toast]')] \
     .map((one) => one.innerText.match(/[/].*?[.]partner/)?.[0]).find(Boolean)";

impl<V: Visitor> Walk<'_, V> {
    pub(super) async fn workspace(&mut self) -> Result<()> {
        self.go("workspace").await?;
        self.app.wait_for(testid("ticket-row")).await?;
        self.screen("full").await?;
        for (name, by, opened) in [
            ("add a document", "add-document", "document-dialog"),
            ("edit a document", "document-edit", "document-dialog"),
            ("add an account", "add-account", "account-dialog"),
            ("open a ticket", "add-ticket", "ticket-form-dialog"),
            ("a ticket", "ticket-open", "ticket-dialog"),
            ("add a message", "add-message", "message-dialog"),
            ("add a page", "add-page", "page-dialog"),
        ] {
            self.over(name, by, opened).await?;
        }
        self.menu("a page", "page-menu").await
    }

    /// Comments with an answer, and a link to elsewhere.
    pub(super) async fn comments(&mut self) -> Result<()> {
        self.project("Call Notes").await?;
        self.group = "comments";
        self.open("beside", "thread-dialog").await?;
        self.visit("none", Kind::Over).await?;
        self.over("link to elsewhere", "external-add", "external-dialog").await?;
        self.open("external-add", "external-dialog").await?;
        self.app.fill(testid("external-url"), "https://issues.example/browse/NOTES-12").await?;
        self.app.click(testid("external-save")).await?;
        self.app.wait_for(testid("external")).await?;
        self.menu("a link to elsewhere", "external").await?;
        self.app.fill(testid("comment-text"), "Is the icon the one of the new brand?").await?;
        self.app.click(testid("comment-send")).await?;
        self.app.wait_for(testid("comment")).await?;
        self.menu("menu", "comment-menu").await?;
        self.app.click(testid("comment-reply")).await?;
        self.app.wait_for(testid("reply-text")).await?;
        self.visit("an answer", Kind::Over).await?;
        self.app.press(Key::Escape).await?;
        self.app.wait_gone(testid("reply-text")).await?;
        self.leave("some", "thread-dialog").await?;
        self.group = "project";
        self.screen("with comments").await
    }

    /// An account at an authorization server, and the panel beside its sign-in. That has a window of its own, after
    /// which a display without a window manager gives the focus to none.
    pub(super) async fn sign_in(&mut self) -> Result<()> {
        self.go("connections").await?;
        let server = json!({
            "known_by": "endpoints", "authorization": "https://id.sample-apps.example/authorize",
            "token": "https://id.sample-apps.example/token", "userinfo": "", "revocation": "",
        });
        let registration = json!({
            "id": "01890000-0000-7000-8000-0000000000aa", "name": "Sample Apps, US", "server": server,
            "client_id": "partner-console-sandbox", "auth": { "kind": "none" }, "redirect": { "kind": "loopback" },
            "scopes": ["openid"], "by": "window",
        });
        let arguments = json!({ "registration": registration, "secret": null });
        let saved = self.app.call("set_registration", arguments).await?;
        ensure!(saved.is_ok(), "{saved:?}");
        self.app.wait_for(testid("registration-row")).await?;
        self.screen("an account").await?;
        self.over("edit an account", "registration-edit", "registration-dialog").await?;
        self.over("remove an account", "registration-remove", "remove-registration").await?;
        self.open("sign-in", "signing-in").await?;
        self.visit("signing in", Kind::Over).await?;
        self.app.click(testid("paste-code")).await?;
        self.app.wait_for(testid("pasted")).await?;
        self.visit("signing in by a pasted answer", Kind::Over).await?;
        self.leave("signing in", "signing-in").await
    }

    pub(super) async fn settings(&mut self) -> Result<()> {
        self.go("settings").await?;
        self.screen("settings").await?;
        self.choice("language", "settings-language").await?;
        self.app.click("[data-testid=settings-port] [data-value=http]").await?;
        self.app.wait_for(testid("port-url")).await?;
        self.screen("through a server").await?;
        self.app.click("[data-testid=settings-port] [data-value=manual]").await?;
        self.app.eval("document.querySelector('[data-testid=back-up]').scrollIntoView()").await?;
        self.screen("storage").await?;
        self.over("a passphrase for the vault", "vault-passphrase", "passphrase-dialog").await?;
        self.open("vault-passphrase", "passphrase-dialog").await?;
        for field in ["passphrase-first", "passphrase-second"] {
            self.app.fill(testid(field), "five plain words beside another").await?;
        }
        self.app.click(testid("passphrase-set")).await?;
        self.app.wait_gone(testid("passphrase-dialog")).await?;
        self.vault("open").await?;
        self.open("make-recovery", "recovery-dialog").await?;
        self.visit("a recovery code", Kind::Over).await?;
        self.app.click(testid("code-kept")).await?;
        self.app.wait_gone(testid("recovery-dialog")).await?;
        self.has_focus("a recovery code").await?;
        self.screen("vault open").await?;
        self.over("another recovery code", "make-recovery", "code-again").await?;
        self.over("remove the passphrase", "remove-passphrase", "remove-slot").await?;
        self.app.click(testid("vault-lock")).await?;
        self.vault("locked").await?;
        self.screen("vault locked").await?;
        self.app.fill(testid("unlock-passphrase"), "none of those").await?;
        self.app.click(testid("unlock-go")).await?;
        self.app.wait_for(testid("error-passphrase")).await?;
        self.screen("vault, another passphrase").await
    }

    /// Everything went to another computer, and comes back to this one.
    pub(super) async fn left(&mut self) -> Result<()> {
        self.open("leave-computer", "passphrase-dialog").await?;
        for field in ["passphrase-first", "passphrase-second"] {
            self.app.fill(testid(field), "five plain words beside another").await?;
        }
        self.app.click(testid("passphrase-set")).await?;
        self.app.wait_for(testid("left-banner")).await?;
        let told = self.app.text(testid("left-banner")).await?;
        let file: Vec<_> =
            told.split_whitespace().filter(|word| word.contains(".partner-computer")).collect();
        self.visitor.receives(&json!(file));
        self.screen("a computer that was left").await?;
        self.go("home").await?;
        self.screen("a computer that was left").await?;
        self.over("go on at a computer that was left", "go-on-here", "return-to-computer").await?;
        self.open("go-on-here", "return-to-computer").await?;
        self.app.click(testid("confirm-yes")).await?;
        self.app.wait_gone(testid("left-banner")).await
    }

    /// The workspace out to a file, what is no such file, and the file opened beside the first.
    pub(super) async fn files_of_workspaces(&mut self) -> Result<()> {
        let wrong = self.data.join("notes.partner");
        fs::write(&wrong, "no workspace")?;
        self.app.choose_file("workspace-file", &wrong).await?;
        self.app.wait_for(testid("toast")).await?;
        self.screen("no workspace in the file").await?;
        self.over("export a workspace", "export-workspace", "export-dialog").await?;
        self.app.keys("x").await?;
        self.app.wait_for(testid("export-dialog")).await?;
        self.app.press(Key::Enter).await?;
        self.app.wait_js(&format!("({EXPORTED})()")).await?;
        self.screen("exported").await?;
        let path = self.app.eval(&format!("return ({EXPORTED})()")).await?;
        let path = path.as_str().context("the notice names no file")?;
        self.visitor.receives(&json!([path]));
        self.app.choose_file("workspace-file", Path::new(path)).await?;
        self.app.wait_for("[data-screen=home]").await?;
        self.go("connections").await?;
        self.app.wait_for(testid("switch-connection")).await?;
        self.screen("two workspaces").await
    }

    /// The vault stands like this, in sight.
    pub(super) async fn vault(&self, state: &str) -> Result<()> {
        self.app.wait_for(format!("[data-testid=vault][data-state={state}]").as_str()).await?;
        self.app.eval("document.querySelector('[data-testid=vault]').scrollIntoView()").await.map(drop)
    }
}

//! The way through the sample data, and through the other worlds.

use std::fs;
use std::path::Path;

use anyhow::Result;
use fantoccini::key::Key;
use serde_json::json;

use super::{Kind, Visitor, Walk};
use crate::driver::testid;
use crate::files;

/// Chooses a picture, as the system's dialog would hand it over.
const CHOOSE: &str = "const done = arguments[0]; const canvas = document.createElement('canvas'); \
     [canvas.width, canvas.height] = [320, 200]; const pen = canvas.getContext('2d'); \
     pen.fillStyle = '#2f6fde'; pen.fillRect(0, 0, 320, 200); pen.fillStyle = '#fff'; pen.fillRect(24, 24, 272, 48); \
     canvas.toBlob((blob) => { const files = new DataTransfer(); \
     files.items.add(new File([blob], 'overview.png', { type: 'image/png' })); \
     const picker = document.querySelector('[data-testid=evidence] [data-testid=files-picker]'); picker.files = files.files; \
     picker.dispatchEvent(new Event('change', { bubbles: true })); done(true); });";

/// Call Notes as somebody wrote it elsewhere.
const MANIFEST: &str = "format = 1\n[project]\nname = \"Call Notes\"\nslug = \"call-notes\"\nowner = \"\"\n\
     [version]\nnumber = \"1.3.0\"\n[information]\ndisplay_name = \"Call Notes\"\n\
     listing_summary = \"Notes beside every call, also without a connection\"\n\
     categories = [\"Productivity\", \"Reporting\"]\n";

/// The screens of the sidebar.
const SCREENS: [&str; 12] = [
    "home",
    "projects",
    "checklists",
    "reviews",
    "customers",
    "installations",
    "events",
    "conflicts",
    "connections",
    "activity",
    "workspace",
    "settings",
];

impl<V: Visitor> Walk<'_, V> {
    pub(super) async fn sample(&mut self) -> Result<()> {
        self.start().await?;
        self.home().await?;
        self.projects().await?;
        self.versions().await?;
        self.comments().await?;
        self.checklists().await?;
        self.run().await?;
        self.reviews().await?;
        self.lists().await?;
        self.everywhere().await
    }

    /// Nothing was made yet: every screen says what belongs there.
    pub(super) async fn empty(&mut self) -> Result<()> {
        for screen in SCREENS {
            self.go(screen).await?;
            self.screen("empty").await?;
        }
        self.go("connections").await?;
        self.over("move to a team", "move-workspace", "join-dialog").await?;
        self.files_of_workspaces().await?;
        self.go("settings").await?;
        self.over("move to another computer", "leave-computer", "passphrase-dialog").await?;
        self.left().await?;
        self.sign_in().await
    }

    /// Everything is longer and more than usual.
    pub(super) async fn long(&mut self) -> Result<()> {
        for screen in SCREENS {
            self.go(screen).await?;
            self.screen("long").await?;
        }
        self.project("999").await?;
        for name in [
            "long versions",
            "long information",
            "long checklists",
            "long links",
            "no installations",
            "long activity",
        ] {
            self.screen(name).await?;
            self.app.keys("]").await?;
        }
        self.app.keys("[").await?;
        self.app.keys("e").await?;
        self.app.wait_for("[data-screen=version]").await?;
        self.group = "version";
        for (part, name) in [
            ("general", "long general"),
            ("technical", "long technical"),
            ("marketplace", "long marketplace"),
        ] {
            self.part(part).await?;
            self.screen(name).await?;
        }
        self.app.click(testid("goto-review")).await?;
        self.app.wait_for("[data-screen=review]").await?;
        self.group = "review";
        self.screen("long").await?;
        self.go("checklists").await?;
        self.app.click(testid("run-row")).await?;
        self.app.wait_for("[data-screen=run]").await?;
        self.group = "run";
        self.screen("long").await
    }

    /// What was refused or met another change, a link that leads nowhere, and a vault whose header is damaged.
    pub(super) async fn trouble(&mut self) -> Result<()> {
        self.group = "everywhere";
        self.app.wait_for(testid("toast")).await?;
        self.screen("link that leads nowhere").await?;
        self.go("conflicts").await?;
        self.app.wait_for("[data-testid=pending-row]").await?;
        self.screen("changed twice").await?;
        self.app.keys("j").await?;
        self.app.wait_for(testid("refusal")).await?;
        self.screen("refused").await?;
        self.over("discard", "pending-discard", "confirm-discard").await?;
        for (how, name) in [("later", "settled, yours stands"), ("same", "settled, the same")] {
            self.app.keys("j").await?;
            self.app.wait_for(format!("[data-testid=settled][data-how={how}]").as_str()).await?;
            self.screen(name).await?;
        }
        self.go("connections").await?;
        self.app.wait_for(testid("regions-unreadable")).await?;
        let in_sight = "document.querySelector('[data-testid=regions-unreadable]').scrollIntoView()";
        self.app.eval(in_sight).await?;
        self.screen("regions that cannot be understood").await?;
        self.go("settings").await?;
        self.vault("damaged").await?;
        self.screen("vault damaged").await?;
        self.over("start the vault anew", "vault-anew", "vault-anew-dialog").await?;
        self.open("vault-anew", "vault-anew-dialog").await?;
        self.app.click(testid("confirm-yes")).await?;
        self.app.wait_gone(testid("vault-anew-dialog")).await?;
        self.vault("empty").await?;
        self.has_focus("start the vault anew").await?;
        self.screen("vault made anew").await
    }

    /// A start over files that cannot be used as they are.
    pub(super) async fn recovery(&mut self, name: &'static str) -> Result<()> {
        self.app.wait_for(testid("recovery")).await?;
        self.screen(name).await?;
        self.over("restore a backup", "restore-0", "confirm").await
    }

    async fn start(&mut self) -> Result<()> {
        self.app.wait_for(testid("start-here")).await?;
        self.screen("first start").await?;
        self.over("start here", "start-here", "start-dialog").await?;
        self.over("continue from another computer", "take-computer", "take-computer-dialog").await?;
        self.app.click(testid("start-sample")).await?;
        self.app.wait_for("[data-screen=home]").await?;
        // A list that still fills moves under the hand.
        files::wait_sample_sent(self.data).await
    }

    async fn home(&mut self) -> Result<()> {
        self.go("home").await?;
        self.app.wait_for(testid("need")).await?;
        self.screen("full").await?;
        self.menu("assign", "need-who").await?;
        self.menu("put off", "need-later").await?;
        self.menu("process of", "process-pin").await
    }

    async fn projects(&mut self) -> Result<()> {
        self.go("projects").await?;
        self.app.wait_for(testid("project-row")).await?;
        self.screen("full").await?;
        self.over("new project", "new-project", "project-dialog").await?;
        self.app.fill(testid("projects-filter"), "xyzzy").await?;
        self.app.wait_for(testid("no-match")).await?;
        self.screen("no match").await?;
        self.project("Call Notes").await?;
        for name in ["versions", "information", "checklists", "links", "installations", "activity"] {
            self.screen(name).await?;
            self.app.keys("]").await?;
        }
        self.app.wait_for(testid("version-1.3.0")).await?;
        self.app.click(testid("project-pin")).await?;
        // A low window has no room for what is pinned.
        self.app.wait_js("document.querySelector('[data-testid=pinned]')").await?;
        self.screen("pinned").await?;
        self.menu("menu", "project-menu").await?;
        self.menu("version menu", "version-menu-1.3.0").await?;
        self.over_by_menu("edit", "project-menu", "project-edit", "project-dialog").await?;
        self.over_by_menu("hotfix", "project-menu", "project-hotfix", "hotfix-dialog").await?;
        self.over_by_menu("install", "version-menu-1.2.0", "menu-install", "install-dialog").await?;
        self.over_by_menu("install, not yet", "version-menu-1.3.0", "menu-install", "install-dialog").await?;
        self.send().await?;
        self.app.keys("d").await?;
        self.app.wait_for(testid("compare-body")).await?;
        self.visit("compare", Kind::Over).await?;
        self.leave("compare", "compare-body").await?;
        self.project("Queue Lens").await?;
        self.over("new version", "new-version", "version-dialog").await
    }

    async fn versions(&mut self) -> Result<()> {
        self.version("Call Notes", "1.3.0").await?;
        for part in ["general", "technical", "marketplace"] {
            self.part(part).await?;
            self.screen(part).await?;
        }
        self.menu("menu", "version-menu").await?;
        self.over("compare", "compare", "compare-body").await?;
        self.part("general").await?;
        self.pictures().await?;
        self.app.click(testid("preview-show")).await?;
        self.app.wait_for("[data-testid=preview] img").await?;
        self.screen("preview").await?;
        self.app.click(testid("preview-close")).await?;
        self.app.wait_gone(testid("preview")).await?;
        self.has_focus("preview").await?;
        self.over_by_menu("mark as carried", "version-menu", "menu-mark-carried", "carried-dialog").await?;
        self.over_by_menu("partner.toml", "version-menu", "menu-manifest", "manifest-dialog").await?;
        self.manifest().await?;
        self.over_by_menu("discard", "version-menu", "menu-discard", "discard-dialog").await?;
        self.carry().await?;
        self.version("Survey Sense", "2.1.0").await?;
        self.part("technical").await?;
        self.screen("rejected, locked part").await?;
        self.over("unlock", "unlock", "unlock-dialog").await?;
        self.over("mark as submitted", "mark-submitted", "submit-dialog").await
    }

    /// Files of its own in place of addresses.
    async fn pictures(&self) -> Result<()> {
        for (field, name) in [("icon", "128x128.png"), ("screenshots", "icon.png")] {
            let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("icons").join(name);
            self.app.choose_file(&format!("picker-{field}"), &file).await?;
            self.app.wait_for(format!("[data-testid^=field-{field}] img").as_str()).await?;
        }
        Ok(())
    }

    /// A file that was changed elsewhere, against the version.
    async fn manifest(&mut self) -> Result<()> {
        self.app.click(testid("version-menu")).await?;
        self.open("menu-manifest", "manifest-dialog").await?;
        let file = self.data.join("partner.toml");
        fs::write(&file, MANIFEST)?;
        self.visitor.receives(&json!([MANIFEST, "partner.toml"]));
        self.app.choose_file("manifest-file", &file).await?;
        self.app.wait_for(testid("manifest-listing_summary")).await?;
        self.visit("partner.toml, compared", Kind::Over).await?;
        fs::write(&file, format!("{MANIFEST}color = \"red\"\n"))?;
        self.app.choose_file("manifest-file", &file).await?;
        self.app.wait_for(testid("manifest-failed")).await?;
        self.visit("partner.toml, not read", Kind::Over).await?;
        self.leave("partner.toml, compared", "manifest-dialog").await
    }

    /// The second window, over the version that is open.
    async fn carry(&mut self) -> Result<()> {
        self.app.chord(&[Key::Control, Key::Shift], 'c').await?;
        self.app.to_window(|page| page.contains("carry=")).await?;
        self.app.wait_for(testid("carry-current")).await?;
        self.group = "carry";
        self.visit("carry", Kind::Window).await?;
        self.app.to_window(|page| !page.contains("carry=")).await
    }

    async fn checklists(&mut self) -> Result<()> {
        self.go("checklists").await?;
        self.screen("full").await?;
        self.over("start a run", "start-run", "start-run-dialog").await?;
        self.app.click(testid("template-row")).await?;
        self.app.wait_for(testid("template-items")).await?;
        self.group = "template";
        self.screen("to read").await?;
        self.menu("save", "template-export").await?;
        self.app.click(testid("template-copy")).await?;
        self.app.wait_for(testid("template-fields")).await?;
        self.screen("a draft").await?;
        self.menu("draft menu", "template-more").await?;
        self.over_by_menu(
            "a section of another list",
            "template-more",
            "template-show-section",
            "show-section-dialog",
        )
        .await?;
        self.over_by_menu("give up a draft", "template-more", "template-discard", "confirm-discard-draft")
            .await?;
        self.template_versions().await?;
        self.go("checklists").await?;
        self.open("import-template", "import-dialog").await?;
        self.visit("import", Kind::Over).await?;
        self.app
            .fill(
                testid("import-text"),
                "Section\tItem\tHow\nInstall\tThe link opens\tOpen it as a customer\nInstall\tThe app asks for its scopes\t",
            )
            .await?;
        self.app.wait_for(testid("import-header")).await?;
        self.visit("import, read", Kind::Over).await?;
        // What was pasted is not thrown away unasked.
        self.app.press(Key::Escape).await?;
        self.app.wait_for(testid("confirm-yes")).await?;
        self.visit("import, given up", Kind::Over).await?;
        self.app.click(testid("confirm-yes")).await?;
        self.app.wait_gone(testid("import-dialog")).await?;
        self.has_focus("import").await
    }

    /// The draft becomes a first version, and a second one with an item more.
    async fn template_versions(&mut self) -> Result<()> {
        self.app.click(testid("template-save")).await?;
        self.app.click(testid("template-edit")).await?;
        self.app.click(testid("template-add-item")).await?;
        self.app.fill(testid("template-text"), "The app says why a recording is not there").await?;
        // The words that say it leave the smallest window.
        self.app
            .wait_js("document.querySelector('[data-testid=template-kept]')?.dataset.kept === 'true'")
            .await?;
        self.over("save as a version", "template-save", "template-save-dialog").await?;
        self.open("template-save", "template-save-dialog").await?;
        self.app.click(testid("template-save-now")).await?;
        self.app.wait_for(testid("template-compare-1")).await?;
        self.screen("two versions").await?;
        self.over("replace by an import", "template-replace", "import-dialog").await?;
        self.app.click(testid("template-compare-1")).await?;
        self.app.wait_for(testid("template-diff")).await?;
        self.screen("compared").await
    }

    /// A picture of what was seen, beside the item.
    async fn evidence(&mut self) -> Result<()> {
        self.app.eval_async(CHOOSE).await?;
        self.app.wait_for(testid("file")).await?;
        let in_sight = "document.querySelector('[data-testid=file]').scrollIntoView({ block: 'center' })";
        self.app.eval(in_sight).await?;
        self.screen("evidence").await?;
        self.over("look at evidence", "file-look", "viewer").await?;
        self.menu("menu of evidence", "file-more").await?;
        self.over("link as evidence", "files-link", "link-dialog").await
    }

    async fn run(&mut self) -> Result<()> {
        self.go("checklists").await?;
        self.app.click(testid("run-row")).await?;
        self.app.wait_for("[data-screen=run]").await?;
        self.group = "run";
        self.app.wait_for("[data-testid^=item-][data-current=true]").await?;
        self.screen("half done").await?;
        self.over("what is tested", "change-tested", "tested-dialog").await?;
        self.menu("report", "report").await?;
        self.app.click(testid("report")).await?;
        self.paper("on paper", "report-print").await?;
        self.menu("show more", "run-show-more").await?;
        self.menu("assign", "assign-to").await?;
        self.over("sign", "sign-run", "confirm").await?;
        self.over("comments on an item", "beside", "thread-dialog").await?;
        self.no_match("run-filter").await?;
        self.evidence().await?;
        self.app.keys("n").await?;
        self.app.wait_for(testid("na-reason")).await?;
        self.screen("why not applicable").await?;
        self.app.press(Key::Escape).await?;
        self.app.wait_gone(testid("na-reason")).await?;
        self.app.chord(&[Key::Control], 'a').await?;
        self.app.wait_for(testid("selected")).await?;
        self.screen("all selected").await?;
        self.app.press(Key::Escape).await?;
        self.app.wait_gone(testid("selected")).await
    }

    async fn reviews(&mut self) -> Result<()> {
        self.go("reviews").await?;
        self.screen("waits for you").await?;
        self.app.click(testid("reviews-talkdesk")).await?;
        self.app.wait_for(testid("review-row")).await?;
        self.screen("waits for Talkdesk").await?;

        self.review("Shift Planner", "1.4.0").await?;
        self.screen("in review").await?;
        self.over("withdraw", "withdraw-technical", "confirm-withdraw").await?;
        self.open("record-answer", "answer-dialog").await?;
        self.visit("Talkdesk's answer", Kind::Over).await?;
        self.app.click(testid("answer-outcome-rejected")).await?;
        self.app
            .fill(
                testid("answer-text"),
                "The policy page could not be opened.\n\nPlease say what a supervisor gets from it.",
            )
            .await?;
        self.app.click(testid("answer-split")).await?;
        self.app.wait_for(testid("split-finding")).await?;
        self.visit("Talkdesk's answer, split", Kind::Over).await?;
        self.leave("Talkdesk's answer", "answer-dialog").await?;

        self.review("Survey Sense", "2.1.0").await?;
        self.app.wait_for(testid("finding")).await?;
        self.screen("rejected").await?;
        self.over("compare with the last round", "compare", "compare-body").await?;
        self.over("correct an answer", "correct-answer", "correct-dialog").await?;
        self.over("add a finding", "add-finding", "finding-dialog").await?;
        self.over("waive a check", "waive-video", "waive-dialog").await?;

        self.review("Contact Sync", "2.5.0").await?;
        self.app.wait_for(testid("go-live")).await?;
        self.screen("going live").await?;
        self.app.click(testid("approve-go-live")).await?;
        self.app.wait_for(testid("confirm-live")).await?;
        self.screen("date approved").await?;
        self.app.click(testid("open-dossier")).await?;
        self.app.wait_for(testid("dossier")).await?;
        self.group = "dossier";
        self.screen("dossier").await?;
        self.paper("on paper", "dossier-print").await
    }

    async fn lists(&mut self) -> Result<()> {
        self.go("customers").await?;
        self.app.wait_for(testid("customer-row")).await?;
        self.screen("full").await?;
        self.over("new customer", "new-customer", "customer-dialog").await?;
        self.over("edit a customer", "customer-edit", "customer-dialog").await?;
        self.over("redact words of a customer", "redact", "redact-dialog").await?;
        self.no_match("customers-filter").await?;
        self.go("installations").await?;
        self.app.wait_for(testid("installation-timeline")).await?;
        self.screen("of a sample customer").await?;
        self.announced().await?;
        self.go("events").await?;
        self.app.wait_for(testid("delivery-body")).await?;
        self.screen("of a sample installation").await?;
        self.go("conflicts").await?;
        self.screen("none").await?;
        self.go("connections").await?;
        self.screen("none").await?;
        self.over("add an account", "new-registration", "registration-dialog").await?;
        self.over("join a team", "join-team", "join-dialog").await?;
        self.go("activity").await?;
        self.app.wait_for(testid("activity-total")).await?;
        self.screen("full").await?;
        self.no_match("activity-filter").await?;
        self.menu("save", "activity-export").await?;
        self.choice("what", "activity-what").await?;
        self.workspace().await?;
        self.settings().await
    }

    /// An install that is announced, before any event of it.
    async fn announced(&mut self) -> Result<()> {
        self.menu("order and groups", "installations-arrange").await?;
        self.over("announce an install", "announce", "announce-dialog").await?;
        self.open("announce", "announce-dialog").await?;
        for choice in ["announce-customer", "announce-project"] {
            self.app.click(testid(choice)).await?;
            self.app.click("[data-select-content] [role=option]").await?;
            self.app.wait_gone("[data-select-content]").await?;
        }
        self.app.click(testid("announce-save")).await?;
        self.app.wait_for(testid("announced")).await?;
        self.screen("announced").await?;
        self.over("edit what was announced", "announced-edit", "announce-dialog").await?;
        self.over("end a case", "announced-end", "end-case").await
    }

    async fn everywhere(&mut self) -> Result<()> {
        self.go("projects").await?;
        self.group = "everywhere";
        self.app.chord(&[Key::Control], 'k').await?;
        self.app.wait_for(testid("palette")).await?;
        self.visit("palette", Kind::Over).await?;
        self.app.fill(testid("palette-input"), "notes").await?;
        self.app.wait_for("[data-testid=palette] b.strong").await?;
        self.visit("palette, found", Kind::Over).await?;
        self.app.fill(testid("palette-input"), "xyzzy").await?;
        self.app.wait_for("[data-testid=palette] .none").await?;
        self.visit("palette, nothing found", Kind::Over).await?;
        self.app.fill(testid("palette-input"), ">").await?;
        self.app.wait_for("[data-testid=palette] [role=option]").await?;
        self.visit("palette, commands", Kind::Over).await?;
        self.leave("palette", "palette").await?;
        self.app.keys("?").await?;
        self.app.wait_for(testid("key-list")).await?;
        self.visit("keys", Kind::Over).await?;
        self.leave("keys", "key-list").await?;
        self.cannot_be_read().await?;
        self.project("Queue Lens").await?;
        self.group = "everywhere";
        self.app.chord(&[Key::Control, Key::Shift], 'l').await?;
        self.app.wait_for(testid("toast")).await?;
        self.visit("notice", Kind::Over).await
    }
}

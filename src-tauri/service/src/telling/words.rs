//! The words of mail and chat messages, in the window's three languages.

/// One language. `{name}`, `{at}` and the like are filled in.
pub(super) struct Words {
    answer: [&'static str; 3],
    rotation: [&'static str; 2],
    stopped: [&'static str; 2],
    trial_ending: &'static str,
    users_added: [&'static str; 2],
    users_removed: [&'static str; 2],
    plan: &'static str,
    trial: [&'static str; 3],
    uninstalled: &'static str,
    rotated: &'static str,
    ticket: [&'static str; 2],
    document: &'static str,
    document_over: &'static str,
    review: [&'static str; 2],
    app_waits: [&'static str; 2],
    app_lost: [&'static str; 2],
    owner: &'static str,
    alerts: &'static str,
    digest: [&'static str; 2],
    digest_lead: &'static str,
    foot: &'static str,
}

const EN: Words = Words {
    answer: [
        "{name}: answer Talkdesk on an install by {at}",
        "{name}: answer Talkdesk on an update by {at}",
        "{name}: answer Talkdesk on an uninstall by {at}",
    ],
    rotation: [
        "{name}: the old credentials end on {at}, and Talkdesk was not told that the new ones are in use",
        "{name}: the old credentials are compromised and may end at any time, and Talkdesk was not told that the new ones are in use",
    ],
    stopped: [
        "{name}: Talkdesk shows the installation as failed",
        "{name}: Talkdesk shows the installation as suspended",
    ],
    trial_ending: "{name}: the trial ends on {at}",
    users_added: ["{name}: {n} user added", "{name}: {n} users added"],
    users_removed: ["{name}: {n} user removed", "{name}: {n} users removed"],
    plan: "{name}: the plan is now {text}",
    trial: ["{name}: a trial began", "{name}: the trial was extended", "{name}: the trial is over"],
    uninstalled: "{name}: uninstalled",
    rotated: "{name}: new credentials came",
    ticket: [
        "Ticket {name}: nothing from Talkdesk for {n} working day",
        "Ticket {name}: nothing from Talkdesk for {n} working days",
    ],
    document: "Partner document {name}: holds until {at}",
    document_over: "Partner document {name}: over since {at}",
    review: [
        "{name}: Talkdesk’s answer is overdue, {n} working day in review",
        "{name}: Talkdesk’s answer is overdue, {n} working days in review",
    ],
    app_waits: [
        "{name}: your app does not take events, {n} waits since {at}",
        "{name}: your app does not take events, {n} wait since {at}",
    ],
    app_lost: [
        "{name}: {n} event was given up, for your app did not take it: replay it from the Events screen",
        "{name}: {n} events were given up, for your app did not take them: replay them from the Events screen",
    ],
    owner: "looked after by {name}",
    alerts: "{n} alerts: {from}",
    digest: ["{n} thing is open: {from}", "{n} things are open: {from}"],
    digest_lead: "This is open today:",
    foot: "Sent by the partner service of {from}. Which mail you get is set in Partner Console, under Settings.",
};

const PT: Words = Words {
    answer: [
        "{name}: responda à Talkdesk sobre uma instalação até {at}",
        "{name}: responda à Talkdesk sobre uma atualização até {at}",
        "{name}: responda à Talkdesk sobre uma desinstalação até {at}",
    ],
    rotation: [
        "{name}: as credenciais antigas terminam em {at}, e a Talkdesk não foi informada de que as novas estão em uso",
        "{name}: as credenciais antigas estão comprometidas e podem terminar a qualquer momento, e a Talkdesk não foi informada de que as novas estão em uso",
    ],
    stopped: [
        "{name}: a Talkdesk mostra a instalação como falhada",
        "{name}: a Talkdesk mostra a instalação como suspensa",
    ],
    trial_ending: "{name}: o período experimental termina em {at}",
    users_added: ["{name}: {n} utilizador adicionado", "{name}: {n} utilizadores adicionados"],
    users_removed: ["{name}: {n} utilizador removido", "{name}: {n} utilizadores removidos"],
    plan: "{name}: o plano é agora {text}",
    trial: [
        "{name}: começou um período experimental",
        "{name}: o período experimental foi prolongado",
        "{name}: o período experimental terminou",
    ],
    uninstalled: "{name}: desinstalou",
    rotated: "{name}: chegaram novas credenciais",
    ticket: [
        "Pedido {name}: nada da Talkdesk há {n} dia útil",
        "Pedido {name}: nada da Talkdesk há {n} dias úteis",
    ],
    document: "Documento de parceiro {name}: válido até {at}",
    document_over: "Documento de parceiro {name}: terminado desde {at}",
    review: [
        "{name}: a resposta da Talkdesk está em atraso, {n} dia útil em revisão",
        "{name}: a resposta da Talkdesk está em atraso, {n} dias úteis em revisão",
    ],
    app_waits: [
        "{name}: a sua aplicação não aceita eventos, {n} espera desde {at}",
        "{name}: a sua aplicação não aceita eventos, {n} esperam desde {at}",
    ],
    app_lost: [
        "{name}: desistiu-se de {n} evento que a sua aplicação não aceitou: reenvie-o no ecrã Eventos",
        "{name}: desistiu-se de {n} eventos que a sua aplicação não aceitou: reenvie-os no ecrã Eventos",
    ],
    owner: "responsável: {name}",
    alerts: "{n} alertas: {from}",
    digest: ["{n} assunto em aberto: {from}", "{n} assuntos em aberto: {from}"],
    digest_lead: "Isto está hoje em aberto:",
    foot: "Enviado pelo serviço de parceiro de {from}. Que mensagens recebe define-se na Partner Console, em Definições.",
};

const ES: Words = Words {
    answer: [
        "{name}: responda a Talkdesk sobre una instalación antes del {at}",
        "{name}: responda a Talkdesk sobre una actualización antes del {at}",
        "{name}: responda a Talkdesk sobre una desinstalación antes del {at}",
    ],
    rotation: [
        "{name}: las credenciales antiguas terminan el {at}, y Talkdesk no sabe que las nuevas están en uso",
        "{name}: las credenciales antiguas están comprometidas y pueden terminar en cualquier momento, y Talkdesk no sabe que las nuevas están en uso",
    ],
    stopped: [
        "{name}: Talkdesk muestra la instalación como fallida",
        "{name}: Talkdesk muestra la instalación como suspendida",
    ],
    trial_ending: "{name}: la prueba termina el {at}",
    users_added: ["{name}: {n} usuario añadido", "{name}: {n} usuarios añadidos"],
    users_removed: ["{name}: {n} usuario quitado", "{name}: {n} usuarios quitados"],
    plan: "{name}: el plan es ahora {text}",
    trial: ["{name}: empezó una prueba", "{name}: la prueba se prolongó", "{name}: la prueba terminó"],
    uninstalled: "{name}: desinstaló",
    rotated: "{name}: llegaron nuevas credenciales",
    ticket: [
        "Consulta {name}: nada de Talkdesk desde hace {n} día laborable",
        "Consulta {name}: nada de Talkdesk desde hace {n} días laborables",
    ],
    document: "Documento de socio {name}: válido hasta el {at}",
    document_over: "Documento de socio {name}: terminado desde el {at}",
    review: [
        "{name}: la respuesta de Talkdesk va con retraso, {n} día laborable en revisión",
        "{name}: la respuesta de Talkdesk va con retraso, {n} días laborables en revisión",
    ],
    app_waits: [
        "{name}: su aplicación no acepta eventos, {n} espera desde el {at}",
        "{name}: su aplicación no acepta eventos, {n} esperan desde el {at}",
    ],
    app_lost: [
        "{name}: se abandonó {n} evento que su aplicación no aceptó: reenvíelo desde la pantalla Eventos",
        "{name}: se abandonaron {n} eventos que su aplicación no aceptó: reenvíelos desde la pantalla Eventos",
    ],
    owner: "responsable: {name}",
    alerts: "{n} avisos: {from}",
    digest: ["{n} asunto abierto: {from}", "{n} asuntos abiertos: {from}"],
    digest_lead: "Esto está abierto hoy:",
    foot: "Enviado por el servicio de socio de {from}. Qué correo recibe se elige en Partner Console, en Ajustes.",
};

/// What a line says.
#[derive(Clone, Copy)]
pub(super) enum Said<'a> {
    Answer { kind: &'a str },
    Rotation { compromised: bool },
    Stopped { state: &'a str, reason: &'a str },
    TrialEnding,
    Users { added: u32, removed: u32 },
    Plan { plan: &'a str },
    Trial { kind: &'a str, reason: &'a str },
    Uninstalled { reason: &'a str, message: &'a str },
    Rotated,
    Ticket { days: u32 },
    Document { over: bool },
    Review { days: u32 },
    App { waits: bool, events: u32 },
}

impl Words {
    /// The words of a language; English where it is none of these.
    pub(super) fn of(language: &str) -> &'static Self {
        match language {
            "pt" => &PT,
            "es" => &ES,
            _ => &EN,
        }
    }

    /// A line about something called `name`, `at` a moment.
    pub(super) fn line(&self, said: &Said<'_>, name: &str, at: &str) -> String {
        let plain = |text: &str| fill(text, &[("name", name), ("at", at)]);
        let counted = |texts: &[&str; 2], n: u32| {
            fill(texts[usize::from(n != 1)], &[("name", name), ("at", at), ("n", &n.to_string())])
        };
        let with = |text: String, more: &[&str]| {
            let more: Vec<String> =
                more.iter().map(|word| tame(word)).filter(|word| !word.is_empty()).collect();
            if more.is_empty() { text } else { format!("{text} ({})", more.join(": ")) }
        };
        match said {
            Said::Answer { kind } => plain(match *kind {
                "app.updated" => self.answer[1],
                "app.uninstalled" => self.answer[2],
                _ => self.answer[0],
            }),
            Said::Rotation { compromised } => plain(self.rotation[usize::from(*compromised)]),
            Said::Stopped { state, reason } => {
                with(plain(self.stopped[usize::from(*state == "suspended")]), &[reason])
            }
            Said::TrialEnding => plain(self.trial_ending),
            Said::Users { added, removed } => {
                let added = (*added > 0).then(|| counted(&self.users_added, *added));
                let removed = (*removed > 0).then(|| counted(&self.users_removed, *removed));
                [added, removed].into_iter().flatten().collect::<Vec<_>>().join(" · ")
            }
            Said::Plan { plan } => fill(self.plan, &[("name", name), ("text", plan)]),
            Said::Trial { kind, reason } => match *kind {
                "app.trial_extended" => plain(self.trial[1]),
                "app.trial_ended" => with(plain(self.trial[2]), &[reason]),
                _ => plain(self.trial[0]),
            },
            Said::Uninstalled { reason, message } => with(plain(self.uninstalled), &[reason, message]),
            Said::Rotated => plain(self.rotated),
            Said::Ticket { days } => counted(&self.ticket, *days),
            Said::Document { over: true } => plain(self.document_over),
            Said::Document { over: false } => plain(self.document),
            Said::Review { days } => counted(&self.review, *days),
            Said::App { waits: true, events } => counted(&self.app_waits, *events),
            Said::App { waits: false, events } => counted(&self.app_lost, *events),
        }
    }

    /// The same line for somebody else than whoever looks after it.
    pub(super) fn for_second(&self, line: &str, owner: &str) -> String {
        format!("{line} ({})", fill(self.owner, &[("name", owner)]))
    }

    /// What a message is about: its one line, or how many there are.
    pub(super) fn subject(&self, digest: bool, lines: &[String], from: &str) -> String {
        let n = lines.len().to_string();
        match (digest, lines) {
            (true, _) => fill(self.digest[usize::from(lines.len() != 1)], &[("n", &n), ("from", from)]),
            (false, [line]) => line.clone(),
            (false, _) => fill(self.alerts, &[("n", &n), ("from", from)]),
        }
    }

    /// The text of a mail.
    pub(super) fn text(&self, digest: bool, lines: &[String], from: &str) -> String {
        let lead = if digest { format!("{}\n\n", self.digest_lead) } else { String::new() };
        let lines: Vec<String> = lines.iter().map(|line| format!("- {line}")).collect();
        format!("{lead}{}\n\n{}\n", lines.join("\n"), fill(self.foot, &[("from", from)]))
    }
}

/// Puts the parts into a text, each on one line and of a sensible length: names come from outside.
fn fill(text: &str, parts: &[(&str, &str)]) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = after.split_once('}') else { break };
        let part = parts.iter().find(|(known, _)| *known == name).map_or("", |(_, part)| *part);
        filled.push_str(&tame(part));
        rest = after;
    }
    filled.push_str(rest);
    filled
}

fn tame(text: &str) -> String {
    let line: String = text.trim().chars().map(|c| if c.is_control() { ' ' } else { c }).take(300).collect();
    line.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_says_everything_with_the_same_parts() {
        let said = [
            Said::Answer { kind: "app.installed" },
            Said::Answer { kind: "app.updated" },
            Said::Answer { kind: "app.uninstalled" },
            Said::Rotation { compromised: false },
            Said::Rotation { compromised: true },
            Said::TrialEnding,
            Said::Users { added: 1, removed: 2 },
            Said::Plan { plan: "Large" },
            Said::Trial { kind: "app.trial_started", reason: "" },
            Said::Trial { kind: "app.trial_extended", reason: "" },
            Said::Trial { kind: "app.trial_ended", reason: "trial_expired" },
            Said::Uninstalled { reason: "other", message: "We\nmoved." },
            Said::Rotated,
            Said::Ticket { days: 6 },
            Said::Document { over: false },
            Said::Document { over: true },
            Said::Review { days: 11 },
            Said::App { waits: true, events: 2 },
            Said::App { waits: false, events: 1 },
            Said::Stopped { state: "failed", reason: "" },
            Said::Stopped { state: "suspended", reason: "Not paid" },
        ];
        let mut all = std::collections::BTreeSet::new();
        for language in domain::workspace::LANGUAGES {
            for said in &said {
                let line = Words::of(language).line(said, "customer {at} a", "2026-12-01");
                assert!(line.contains("customer {at} a") && !line.contains("{n}"), "{language}: {line}");
                assert!(!line.contains('\n'), "{line}");
                all.insert(line);
            }
        }
        assert_eq!(all.len(), 3 * said.len(), "no line stands for two");
        for (said, line) in [
            (
                Said::Uninstalled { reason: "other", message: "We\nmoved." },
                "A: uninstalled (other: We moved.)",
            ),
            (Said::Users { added: 1, removed: 2 }, "A: 1 user added · A: 2 users removed"),
        ] {
            assert_eq!(Words::of("en").line(&said, "A", ""), line);
        }
    }
}

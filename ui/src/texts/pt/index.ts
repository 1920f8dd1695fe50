/** Portuguese, as in Portugal. The names that Talkdesk’s portal shows stay as they stand there. */
import { activity } from "./activity.ts";
import { apps } from "./apps.ts";
import { carry } from "./carry.ts";
import { checklists } from "./checklists.ts";
import { answer } from "./answer.ts";
import { installCase } from "./case.ts";
import { compare } from "./compare.ts";
import { conflicts } from "./conflicts.ts";
import { connections } from "./connections.ts";
import { customers } from "./customers.ts";
import { desktop } from "./desktop.ts";
import { dossier } from "./dossier.ts";
import { errors } from "./errors.ts";
import { events } from "./events.ts";
import { exchange } from "./exchange.ts";
import { fields } from "./fields.ts";
import { files } from "./files.ts";
import { frame } from "./frame.ts";
import { help } from "./help.ts";
import { home } from "./home.ts";
import { install } from "./install.ts";
import { installations } from "./installations.ts";
import { preview } from "./preview.ts";
import { process } from "./process.ts";
import { project } from "./project.ts";
import { projects } from "./projects.ts";
import { settings } from "./settings.ts";
import { members } from "./members.ts";
import { parts } from "./parts.ts";
import { problems } from "./problems.ts";
import { recovery } from "./recovery.ts";
import { refusals } from "./refusals.ts";
import { report } from "./report.ts";
import { run } from "./run.ts";
import { review } from "./review.ts";
import { reviews } from "./reviews.ts";
import { start } from "./start.ts";
import { sso } from "./sso.ts";
import { states } from "./states.ts";
import { template } from "./template.ts";
import { vault } from "./vault.ts";
import { ticket } from "./ticket.ts";
import { trying } from "./trying.ts";
import { version } from "./version.ts";
import { workspace } from "./workspace.ts";

export const pt = {
  ...frame,
  ...parts,
  ...sso,
  ...trying,
  ...states,
  ...desktop,
  ...dossier,
  ...errors,
  ...events,
  ...refusals,
  ...start,
  ...recovery,
  ...help,
  ...home,
  ...process,
  ...project,
  ...projects,
  ...exchange,
  ...fields,
  ...files,
  ...problems,
  ...activity,
  ...install,
  ...installations,
  ...installCase,
  ...answer,
  ...review,
  ...workspace,
  ...reviews,
  ...conflicts,
  ...connections,
  ...customers,
  ...members,
  ...apps,
  ...carry,
  ...checklists,
  ...template,
  ...run,
  ...report,
  ...vault,
  ...ticket,
  ...version,
  ...compare,
  ...preview,
  ...settings,
} as const;

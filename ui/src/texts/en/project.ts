export const project = {
  "project.new_title": "New project",
  "project.edit_title": "Edit project",
  "project.new_explained": "Its first version comes next.",
  "project.name": "Name",
  "project.name_help": "As the app is called on Partner Project.",
  "project.slug": "Slug",
  "project.slug_help": "Small letters, digits and hyphens. It follows the name until you change it.",
  "project.slug_empty": "The name gives no slug. Type one, or leave it empty.",
  "project.owner": "Owner",
  "project.owner_help": "Who looks after it. You may leave it empty.",
  "project.create": "Create project",
  "project.save": "Save project",
} as const;

import { existsSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import * as vscode from "vscode";
import { LanguageClient, type ConfigurationParams } from "vscode-languageclient/node";

const INSTALL = "cmlint is not found: install it with `pip install 'cmlint[server]'`, or set `cmlint.path`.";
const REFERENCES = "cmlint.showReferences";
const WINDOWS = process.platform === "win32";
const NAME = WINDOWS ? "cmlint.exe" : "cmlint";

interface Position {
  line: number;
  character: number;
}

interface Location {
  uri: string;
  range: { start: Position; end: Position };
}

let client: LanguageClient | undefined;
let log: vscode.OutputChannel;

/** The program: of the settings, of the workspace's own environment, or on the PATH. */
function findProgram(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(isAbsolute);
  const search = folders.map((folder) => join(folder, NAME));
  if (vscode.workspace.isTrusted) {
    const given = vscode.workspace.getConfiguration("cmlint").get<string>("path");
    if (given) {
      return given;
    }
    const opened = vscode.workspace.workspaceFolders ?? [];
    search.unshift(...opened.map((folder) => join(folder.uri.fsPath, ".venv", WINDOWS ? "Scripts" : "bin", NAME)));
  }
  return search.find((path) => existsSync(path));
}

/** The settings as the server knows them. */
function settings(): Record<string, unknown> {
  const { diagnostics, beside, actions, lens, hints, live, against } = vscode.workspace.getConfiguration("cmlint");
  const yaml = vscode.extensions.getExtension("redhat.vscode-yaml");
  return {
    diagnostics,
    beside: beside ?? (yaml ? ["yaml-language-server", "kubernetes-schema"] : []),
    actions,
    lens,
    hints,
    live,
    against,
    trusted: vscode.workspace.isTrusted,
    references: REFERENCES,
  };
}

async function start(): Promise<void> {
  const command = findProgram();
  if (!command) {
    void vscode.window.showErrorMessage(INSTALL);
    return;
  }
  client = new LanguageClient(
    "cmlint",
    "cmlint",
    { command, args: ["server"] },
    {
      documentSelector: ["yaml", "helm", "json"].map((language) => ({ language })),
      outputChannel: log,
      initializationOptions: settings(),
      middleware: {
        workspace: {
          configuration: (params: ConfigurationParams) => params.items.map(() => settings()),
        },
      },
    },
  );
  await client.start();
}

async function restart(): Promise<void> {
  await client?.dispose();
  client = undefined;
  await start();
}

/** Shows the places that a lens counts. */
async function showReferences(uri: string, position: Position, locations: Location[]): Promise<void> {
  const at = ({ line, character }: Position) => new vscode.Position(line, character);
  const found = locations.map(
    ({ uri, range }) => new vscode.Location(vscode.Uri.parse(uri), new vscode.Range(at(range.start), at(range.end))),
  );
  await vscode.commands.executeCommand("editor.action.showReferences", vscode.Uri.parse(uri), at(position), found);
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  log = vscode.window.createOutputChannel("cmlint");
  context.subscriptions.push(
    log,
    vscode.commands.registerCommand("cmlint.restart", restart),
    vscode.commands.registerCommand("cmlint.showLog", () => log.show()),
    vscode.commands.registerCommand(REFERENCES, showReferences),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("cmlint.path")) {
        await restart();
      } else if (change.affectsConfiguration("cmlint")) {
        await client?.sendNotification("workspace/didChangeConfiguration", { settings: null });
      }
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.dispose();
}

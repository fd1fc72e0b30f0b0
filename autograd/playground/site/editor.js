/*
A Python editor that screen readers and keyboards can use.

    const editor = createEditor(parent, { text, label, description, onChange: (text) => …, onRun: () => … })
    editor.text    editor.setText(text), which calls no onChange    editor.focus()
    editor.markError(line, message)    marks a line, counted from 1, and says why; markError(null) clears the mark

Ctrl+Enter (on a Mac ⌘+Enter) runs. Tab indents; Escape, then Tab, leaves the editor. It stands in a shadow root, where
CodeMirror's styles are constructed sheets, which a strict Content-Security-Policy allows.
*/
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { python } from "@codemirror/lang-python";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

const colors = HighlightStyle.define([
  { tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword, tags.definitionKeyword], color: "var(--keyword)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--number)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
  { tag: [tags.function(tags.variableName), tags.function(tags.definition(tags.variableName))], color: "var(--name)" },
]);

const look = EditorView.theme({
  "&": { color: "var(--ink)", backgroundColor: "var(--ground)", fontSize: "14px" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-content": { fontFamily: "ui-monospace, Menlo, Consolas, monospace", caretColor: "var(--ink)", padding: "10px 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "var(--ground)", color: "var(--muted)", border: "none" },
  ".cm-activeLine, .cm-activeLineGutter": { backgroundColor: "var(--soft)" },
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground": { background: "var(--selection) !important" },
  ".cm-matchingBracket": { backgroundColor: "var(--selection) !important", outline: "1px solid var(--line)" },
  ".cm-lintRange-error": { textDecoration: "underline wavy var(--wrong)", backgroundImage: "none" },
  ".cm-tooltip": { backgroundColor: "var(--ground)", color: "var(--ink)", border: "1px solid var(--line)" },
});

export function createEditor(parent, { text = "", label, description = "", onChange = () => {}, onRun = () => {} }) {
  const root = parent.attachShadow({ mode: "open", delegatesFocus: true });
  const run = () => (onRun(), true);
  let isOurs = false; // whether a change is setText's
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        keymap.of([{ key: "Mod-Enter", run, preventDefault: true }, indentWithTab, ...defaultKeymap, ...historyKeymap]),
        lineNumbers(), lintGutter(), history(), drawSelection(), indentOnInput(), bracketMatching(), highlightActiveLine(),
        python(), indentUnit.of("    "), EditorView.lineWrapping, syntaxHighlighting(colors), look,
        EditorView.contentAttributes.of({ "aria-label": label, "aria-description": description, spellcheck: "false" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !isOurs) onChange(view.state.doc.toString());
        }),
      ],
    }),
  });
  const show = (diagnostics) => view.dispatch(setDiagnostics(view.state, diagnostics));
  return {
    get text() {
      return view.state.doc.toString();
    },
    setText(text) {
      isOurs = true;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
      isOurs = false;
      show([]);
    },
    markError(line, message) {
      if (!line || line > view.state.doc.lines) return show([]);
      const { from, to, text } = view.state.doc.line(line);
      const start = from + text.search(/\S|$/);
      show([{ from: start, to, severity: "error", message }]);
      view.dispatch({ effects: EditorView.scrollIntoView(from, { y: "nearest" }) });
    },
    focus: () => view.focus(),
  };
}

using System.Text.Json.Nodes;

namespace Nashi.Cli.Output;

/// <summary>Plain lines for people: results on standard output, hints and errors on standard error.</summary>
internal sealed class TextReporter(TextWriter output, TextWriter errors) : IReporter
{
    private readonly Lock _gate = new();

    public bool IsJson => false;

    public void Report(string tag, JsonObject data, string? text = null) => Write(output, text);

    public void Hint(string text) => Write(errors, text);

    public void Final(JsonObject? data = null, string? text = null) => Write(output, text);

    public void Error(string code, string message) => Write(errors, $"nashi: {message} [{code}]");

    private void Write(TextWriter writer, string? text)
    {
        if (text is null) return;
        lock (_gate)
        {
            writer.WriteLine(TerminalText.Block(text));
            writer.Flush();
        }
    }
}

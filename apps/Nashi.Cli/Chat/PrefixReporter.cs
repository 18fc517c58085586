using System.Text.Json.Nodes;
using Nashi.Cli.Output;

namespace Nashi.Cli.Chat;

/// <summary>Says of which room everything is: by its id in JSON, by its name before each line of text.</summary>
internal sealed class PrefixReporter(IReporter inner, string room, string prefix) : IReporter
{
    public bool IsJson => inner.IsJson;

    public void Report(string tag, JsonObject data, string? text = null)
    {
        _ = data.TryAdd("room", room);
        inner.Report(tag, data, text is null ? null : prefix + text.Replace("\n", "\n" + prefix, StringComparison.Ordinal));
    }

    public void Hint(string text) => inner.Hint(text);

    public void Final(JsonObject? data = null, string? text = null) => inner.Final(data, text);

    public void Error(string code, string message) => inner.Error(code, message);
}

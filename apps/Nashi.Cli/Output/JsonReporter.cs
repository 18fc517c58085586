using System.Text.Json.Nodes;

namespace Nashi.Cli.Output;

/// <summary>One JSON object per line on standard output, and nothing else there.</summary>
internal sealed class JsonReporter(string command, TextWriter output) : IReporter
{
    private readonly Lock _gate = new();

    public bool IsJson => true;

    public void Report(string tag, JsonObject data, string? text = null) => Write(tag, data);

    public void Hint(string text)
    {
    }

    public void Final(JsonObject? data = null, string? text = null)
    {
        var last = data ?? [];
        last.Insert(0, "success", true);
        Write("final", last);
    }

    public void Error(string code, string message) =>
        Write("error", new JsonObject { ["success"] = false, ["code"] = code, ["message"] = message });

    private void Write(string tag, JsonObject data)
    {
        var line = new JsonObject { ["cmd"] = command, ["tag"] = tag, ["data"] = data }.ToJsonString();
        lock (_gate)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }
}

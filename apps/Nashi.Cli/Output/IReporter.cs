using System.Text.Json.Nodes;

namespace Nashi.Cli.Output;

/// <summary>Tells the user what a command does: as text, or as one JSON object per line.</summary>
/// <remarks>Thread-safe: peers and progress report from their own threads.</remarks>
internal interface IReporter
{
    /// <summary>Whether standard output carries JSON and nothing else.</summary>
    bool IsJson { get; }

    /// <summary>Reports one step.</summary>
    /// <param name="tag">What kind of step, for programs.</param>
    /// <param name="data">Its facts, for programs.</param>
    /// <param name="text">The same for people; null to say nothing.</param>
    void Report(string tag, JsonObject data, string? text = null);

    /// <summary>Suggests a next step to people, on standard error.</summary>
    void Hint(string text);

    /// <summary>Ends a command that did what was asked.</summary>
    void Final(JsonObject? data = null, string? text = null);

    /// <summary>Ends a command that failed.</summary>
    void Error(string code, string message);
}

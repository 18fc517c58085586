using System.Text.Json.Nodes;

namespace Nashi.Cli.Output;

/// <summary>Named facts as aligned lines.</summary>
internal static class Facts
{
    /// <summary>One line for each fact that is there.</summary>
    public static string Format(JsonObject facts)
    {
        var width = facts.Max(fact => fact.Key.Length) + 2;
        return string.Join(Environment.NewLine, facts.Where(fact => fact.Value is not null).Select(fact => fact.Key.PadRight(width) + fact.Value));
    }
}

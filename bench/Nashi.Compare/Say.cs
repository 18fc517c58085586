using System.Globalization;

namespace Nashi.Compare;

/// <summary>Prints the JSON lines that run.mjs waits for.</summary>
internal static class Say
{
    public static void Ready(string? key = null) => Line(key is null ? """{"ready":true}""" : $$"""{"ready":true,"key":"{{key}}"}""");

    public static void Ready((string Name, string Value) told) => Line($$"""{"ready":true,"{{told.Name}}":"{{told.Value}}"}""");

    /// <summary>What this process has used.</summary>
    public static TimeSpan ProcessorTime() => Environment.CpuUsage.TotalTime;

    public static void Figures(params (string Name, double Value)[] figures) =>
        Line("{" + string.Join(',', figures.Select(f => $"\"{f.Name}\":{f.Value.ToString("R", CultureInfo.InvariantCulture)}")) + "}");

    private static void Line(string json)
    {
        Console.Out.WriteLine(json);
        Console.Out.Flush();
    }
}

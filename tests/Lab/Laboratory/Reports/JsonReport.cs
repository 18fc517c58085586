using System.Text.Json;
using System.Text.Json.Serialization;
using Nashi.Laboratory.Cases;

namespace Nashi.Laboratory.Reports;

/// <summary>Everything a run found, for other programs.</summary>
internal static class JsonReport
{
    private static readonly JsonSerializerOptions Format = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static async Task WriteAsync(Lab lab, string path)
    {
        await using var file = File.Create(path);
        await JsonSerializer.SerializeAsync(file, new { lab.Goals, lab.Rows, lab.Trials }, Format);
    }
}

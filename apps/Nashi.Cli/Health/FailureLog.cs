using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Nashi.Cli.Health;

/// <summary>The latest failures, across runs, in a small file that only its owner can read: one JSON object a line.</summary>
/// <remarks>Never in the way: what cannot be read or written is as if it were not there.</remarks>
internal sealed class FailureLog(string path)
{
    /// <summary>How many are kept.</summary>
    public const int Max = 20;

    private const int FileBytesMax = 64 * 1024;
    private const int MessageMax = 500;

    /// <summary>The failures of a storage folder.</summary>
    public static FailureLog In(string storage) => new(Path.Combine(storage, "network", "failures.jsonl"));

    /// <summary>Adds one, dropping the oldest.</summary>
    public void Add(PastFailure failure)
    {
        try
        {
            PastFailure[] all = [.. Read().TakeLast(Max - 1), failure];
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            var draft = string.Create(CultureInfo.InvariantCulture, $"{path}.{Environment.ProcessId}.new");
            var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var writer = new StreamWriter(draft, options))
            {
                foreach (var one in all) writer.WriteLine(Format(one));
            }

            File.Move(draft, path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A failure that cannot be noted must not become another one.
        }
    }

    /// <summary>All that are kept, the latest last.</summary>
    public IReadOnlyList<PastFailure> Read()
    {
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= FileBytesMax }) return [];
            return [.. File.ReadLines(path).Select(TryParse).OfType<PastFailure>().TakeLast(Max)];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static string Format(PastFailure failure) => new JsonObject
    {
        ["at"] = failure.At.UtcDateTime.ToString("O", CultureInfo.InvariantCulture),
        ["command"] = failure.Command,
        ["code"] = failure.Code,
        ["message"] = failure.Message.Length > MessageMax ? failure.Message[..MessageMax] : failure.Message,
    }.ToJsonString();

    private static PastFailure? TryParse(string line)
    {
        try
        {
            if (JsonNode.Parse(line) is not JsonObject fields) return null;
            var at = DateTimeOffset.Parse((string)fields["at"]!, CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
            return new PastFailure(at, (string)fields["command"]!, (string)fields["code"]!, (string)fields["message"]!);
        }
        catch (Exception error) when (error is JsonException or FormatException or InvalidOperationException or ArgumentNullException)
        {
            return null;
        }
    }
}

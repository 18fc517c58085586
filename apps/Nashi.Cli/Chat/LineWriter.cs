using System.Text.Json.Nodes;

namespace Nashi.Cli.Chat;

/// <summary>A writer whose text goes to another program, in JSON lines. Thread-safe.</summary>
internal sealed class LineWriter(Stream stream, Lock gate, string name) : TextWriter
{
    public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;

    public override void Write(char value) => Write(value.ToString());

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(string? value)
    {
        if (!string.IsNullOrEmpty(value)) Say(stream, gate, new JsonObject { [name] = value });
    }

    public override void WriteLine(string? value) => Write(value + "\n");

    /// <summary>Sends one line; when nobody reads any more, nothing happens.</summary>
    public static void Say(Stream stream, Lock gate, JsonObject line)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(line.ToJsonString() + "\n");
        try
        {
            lock (gate) stream.Write(bytes);
        }
        catch (IOException)
        {
            // The command is being stopped already.
        }
    }
}

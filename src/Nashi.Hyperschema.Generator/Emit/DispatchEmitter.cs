using System.Collections.Generic;
using System.Linq;
using Nashi.Hyperschema.Generator.Model;

namespace Nashi.Hyperschema.Generator.Emit;

/// <summary>Writes the commands of a dispatch file: encoding, decoding, and a router.</summary>
internal static class DispatchEmitter
{
    private const string Runtime = "global::Nashi.Hyperschema.", Token = "global::System.Threading.CancellationToken", ValueTask = "global::System.Threading.Tasks.ValueTask";

    public static string Emit(IReadOnlyList<Route> routes, Schema schema, SourceFile file)
    {
        var code = SchemaEmitter.Begin(file);
        EmitDispatch(code, routes, schema, file.Visibility);
        EmitRouter(code, routes, file.Visibility);
        return code.ToString();
    }

    private static void EmitDispatch(CodeText code, IReadOnlyList<Route> routes, Schema schema, string visibility)
    {
        code.Summary("The commands: their numbers, and how each becomes bytes.").Open($"{visibility} static partial class Dispatch");
        foreach (var route in routes)
        {
            var type = Expressions.CsType(route.Request);
            code.Summary($"The number of {route.Name}.").Line($"public const ulong {route.CsName}Id = {route.Id};").Line();
            code.Summary($"Encodes the command {route.Name}.");
            code.Open($"public static byte[] Encode{route.CsName}({type} command, ulong version = {schema.Version})");
            code.Line($"using var w = new {Expressions.Writer}(version);").Line($"w.WriteUInt({route.Id});");
            code.Line($"{Expressions.Write(route.Request, "command")};").Line("return w.ToArray();").Close().Line();
        }

        foreach (var group in routes.GroupBy(route => Expressions.CsType(route.Request)).Where(group => group.Count() == 1))
        {
            var route = group.First();
            code.Summary($"Encodes the command {route.Name}, the only one of this type.");
            code.Line($"public static byte[] Encode({group.Key} command, ulong version = {schema.Version}) => Encode{route.CsName}(command, version);").Line();
        }

        code.Summary("The number of a command; false when the bytes begin with none.").Open("public static bool TryReadId(global::System.ReadOnlySpan<byte> bytes, out ulong id)");
        code.Line($"var r = new {Expressions.Reader}(bytes, {schema.Version});").Line("id = r.ReadUInt();").Line("return !r.Failed;").Close().Line();

        code.Summary("The name of a route; null when no route has the number.").Open("public static string? NameOf(ulong id) => id switch");
        foreach (var route in routes) code.Line($"{route.Id} => {CodeText.Literal(route.Name)},");
        code.Line("_ => null,").Close("};").Line();

        code.Summary("Decodes a command off a stranger's bytes. Never throws.").Line("public static bool TryDecode(global::System.ReadOnlySpan<byte> bytes, out ulong id,");
        code.Open("    [global::System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out object? command)");
        code.Line($"var r = new {Expressions.Reader}(bytes, {schema.Version});").Line("id = r.ReadUInt();").Line("command = null;").Open("switch (id)");
        foreach (var route in routes) code.Line($"case {route.Id}: command = {Expressions.Read(route.Request)}; break;");
        code.Line("default: return false;").Close().Line("if (!r.Failed && command is not null) return true;").Line("command = null;").Line("return false;").Close();
        code.Close().Line();
    }

    private static void EmitRouter(CodeText code, IReadOnlyList<Route> routes, string visibility)
    {
        code.Summary("Decodes commands and hands each to its handler. Must be deterministic where several machines have to agree.").Open($"{visibility} sealed partial class Router<TContext>");
        foreach (var route in routes)
        {
            code.Summary($"Handles {route.Name}.");
            code.Line($"public required global::System.Func<{Expressions.CsType(route.Request)}, TContext, {Token}, {ValueTask}> {route.CsName} {{ get; init; }}").Line();
        }

        code.Summary("Decodes one command and waits for its handler.");
        code.Line($"/// <exception cref=\"{Runtime}DispatchException\">No route has the command's number, or the bytes are not one.</exception>");
        code.Open($"public {ValueTask} DispatchAsync(global::System.ReadOnlyMemory<byte> bytes, TContext context, {Token} cancellationToken = default)");
        code.Line("if (!Dispatch.TryDecode(bytes.Span, out var id, out var command)) throw Refusal(bytes.Span, id);").Open("return id switch");
        foreach (var route in routes) code.Line($"{route.Id} => {route.CsName}(({Expressions.CsType(route.Request)})command, context, cancellationToken),");
        code.Line($"_ => throw {Runtime}DispatchException.UnknownRoute(id),").Close("};").Close().Line();

        code.Open($"private static {Runtime}DispatchException Refusal(global::System.ReadOnlySpan<byte> bytes, ulong id)");
        code.Line("if (!Dispatch.TryReadId(bytes, out _)) return " + Runtime + "DispatchException.Malformed(\"(none)\");");
        code.Line($"return Dispatch.NameOf(id) is {{ }} name ? {Runtime}DispatchException.Malformed(name) : {Runtime}DispatchException.UnknownRoute(id);").Close();
        code.Close();
    }
}
